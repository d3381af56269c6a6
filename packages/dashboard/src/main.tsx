import { render } from 'preact'
import './styles/index.css'
import { followLinks } from './app/route'
import { Shell } from './app/shell'
import { keepTabTitle } from './app/tab-title'
import { applyTheme } from './app/theme'
import { stayConnected } from './live/connect'
import { installTooltip } from './ui/tooltip'

const root = document.getElementById('app')
if (root === null) throw new Error('index.html has no element with the id "app"')
applyTheme()
followLinks()
installTooltip()
stayConnected()
keepTabTitle()
render(<Shell />, root)
