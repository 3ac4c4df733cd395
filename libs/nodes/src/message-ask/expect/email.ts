/** As the WHATWG form rule, but with a dot in the domain, because nobody has a mailbox on a bare host name. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** A lower-case address. RFC 5321 ends addresses at 254 characters. */
export function readEmail(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  return address.length <= 254 && EMAIL.test(address) ? address : undefined;
}
