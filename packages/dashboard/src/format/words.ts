/** `client_gone` → `client gone`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ')
}

/** `client_gone` → `Client gone`. */
export function title(name: string): string {
  const spaced = words(name)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** `3 models`, `1 model`. */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
