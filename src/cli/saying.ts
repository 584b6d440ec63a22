/** Says on stderr what comes to pass, a line each; what is the same as the line before is left out. */
export function saying(): (text: string) => void {
  let last = ''
  return text => {
    if (text !== last) process.stderr.write(`regatta: ${text}\n`)
    last = text
  }
}
