/** What the sender, or a proxy before us, calls this request; undefined when it says nothing that could be written down. */
export function requestIdOf(headers: Record<string, string | undefined>): string | undefined {
  const id = headers['x-request-id'];
  return id !== undefined && /^[\x21-\x7e]{1,100}$/.test(id) ? id : undefined;
}
