/** Ways to write a path that some layer may read as another one. The query stays as it is. */
export function spellingsOf(full: string): string[] {
  const [path = '', query] = full.split('?');
  const tail = query === undefined ? '' : `?${query}`;
  const segments = path.split('/');
  const last = segments.at(-1) ?? '';
  const parent = segments.slice(0, -1).join('/');
  const encoded = [...last].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
  return [
    `${path}/`,
    `/${path}`,
    path.replace('/v1/', '/V1/'),
    path.replace('/v1/', '/v1//'),
    path.replace('/v1/', '/v1/./'),
    path.replace('/v1/', '/public/../v1/'),
    path.replace('/v1/', '/livez/../v1/'),
    path.replace('/v1/', '/docs/%2e%2e/v1/'),
    path.replace('/v1/', '/v1/%2e/'),
    path.replace('/v1/', '/v1%2f'),
    path.replace('/v1/', '/%76%31/'),
    path.replace('/v1/', '/v1\\'),
    `${parent}/${encoded}`,
    `${parent}/${last.toUpperCase()}`,
    `${parent}/${last};a=b`,
    `${parent}/${last}%00`,
    `${parent}/${last}%20`,
    `${parent}/${last}.json`,
    `${parent}/x/../${last}`,
  ].map((spelling) => spelling + tail);
}
