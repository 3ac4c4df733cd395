/** What visitors' tokens are made with: one for the deployment, so that any process knows what another one gave. */
export class WebChatKey {
  constructor(readonly secret: string) {}
}
