import { Waypoints } from 'lucide'
import { useMemo } from 'preact/hooks'
import { counted } from '../format/words'
import { flows } from '../live/fleet'
import { agentNames, modelNames } from '../live/catalog'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/states'
import { useWidth } from '../ui/width'
import { flowPicture, type FlowNode, type FlowPicture } from './flow-layout'

const HEIGHT = 388
const LABEL_GAP = 8
/** Room for the names on either side of the picture, pixels; less where there is little in all. */
const LABELS_PX = 120
const LABELS_SHARE = 0.27
/** A node lower than this has no room for a second line. */
const TWO_LINES_PX = 30

export function FlowPanel() {
  const { element, width } = useWidth<HTMLDivElement>()
  const now = flows.value
  const labelsPx = Math.min(LABELS_PX, Math.floor(width * LABELS_SHARE))
  const inner = Math.max(0, width - 2 * labelsPx)
  const picture = useMemo(() => flowPicture(now, inner, HEIGHT), [now, inner])
  const total = now.reduce((sum, { requests }) => sum + requests, 0)
  return (
    <Panel
      title="Flow"
      subtitle={`Who was served by what in the last minute: ${counted(total, 'request')}`}
      className="flow-panel"
    >
      <div ref={element} class="flow">
        {now.length === 0 ? (
          <Empty icon={Waypoints} title="No traffic in the last minute">
            Requests appear here as they end.
          </Empty>
        ) : width === 0 ? null : (
          <FlowDrawing picture={picture} width={width} labelsPx={labelsPx} />
        )}
      </div>
    </Panel>
  )
}

interface FlowDrawingProps {
  readonly picture: FlowPicture
  readonly width: number
  readonly labelsPx: number
}

function FlowDrawing({ picture, width, labelsPx }: FlowDrawingProps) {
  const { nodes, links } = picture
  return (
    <svg
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={inWords(picture)}
    >
      <g transform={`translate(${labelsPx} 0)`}>
        {links.map(({ key, agent, model, requests, path, width: thickness }) => (
          <path
            key={key}
            class="flow-link"
            d={path}
            stroke-width={thickness}
            data-tip={`${agentName(agent)} → ${modelName(model)}: ${counted(requests, 'request')} in the last minute`}
          />
        ))}
        {nodes.map((node) => (
          <FlowEnd key={node.key} node={node} />
        ))}
      </g>
    </svg>
  )
}

function FlowEnd({ node }: { readonly node: FlowNode }) {
  const { side, id, requests, x0, x1, y0, y1 } = node
  const isAgent = side === 'agent'
  const name = isAgent ? agentName(id) : modelName(id)
  const x = isAgent ? x0 - LABEL_GAP : x1 + LABEL_GAP
  const middle = (y0 + y1) / 2
  const hasTwoLines = y1 - y0 >= TWO_LINES_PX
  return (
    <g data-tip={`${name}: ${counted(requests, 'request')} in the last minute`}>
      <rect
        class={`flow-node is-${side}`}
        x={x0}
        y={y0}
        width={x1 - x0}
        height={Math.max(1, y1 - y0)}
        rx={2}
      />
      <text
        class="flow-name"
        x={x}
        y={hasTwoLines ? middle - 2 : middle + 4}
        text-anchor={isAgent ? 'end' : 'start'}
      >
        {shortened(name)}
      </text>
      {hasTwoLines ? (
        <text class="flow-count" x={x} y={middle + 13} text-anchor={isAgent ? 'end' : 'start'}>
          {requests.toLocaleString('en')}
        </text>
      ) : null}
    </g>
  )
}

const LONGEST_NAME = 16

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`
}

function agentName(id: string): string {
  return agentNames.value.get(id) ?? id
}

function modelName(id: string): string {
  return modelNames.value.get(id) ?? id
}

function inWords({ links }: FlowPicture): string {
  const parts = [...links]
    .sort((a, b) => b.requests - a.requests)
    .map(({ agent, model, requests }) => `${agentName(agent)} to ${modelName(model)} ${requests}`)
  return `Requests of the last minute: ${parts.join(', ')}`
}
