/** An account whose webhooks go somewhere: a business phone number, or a professional account on Instagram. */
export interface WebhookTarget {
  /** Of an Instagram account its id: ledger, faults and webhooks know all accounts by this name. */
  phoneNumberId: string;
  accessToken: string;
  /** Key of the webhook signatures. */
  appSecret: string;
  verifyToken: string;
  /** Where webhooks go; null: nowhere. */
  callbackUrl: string | null;
}

/** A business phone number, with the app that its webhooks belong to. */
export interface BusinessNumber extends WebhookTarget {
  /** As people read it: `+1 555 010 0000`. */
  displayPhoneNumber: string;
  wabaId: string;
}

/** A professional account on Instagram. */
export interface InstagramAccount extends WebhookTarget {
  /** Without `@`. */
  username: string;
}

export interface MessageTemplate {
  name: string;
  language: string;
  category: 'marketing' | 'utility' | 'authentication';
  /** With its placeholders: `{{1}}` by position or `{{first_name}}` by name. */
  body: string;
  /** Titles of its quick replies, in order. A send may give each a payload; without one the title comes back. */
  quickReplies: string[];
}

/** A person. Everybody has a business-scoped user id; whoever hides the phone number is known by it alone. */
export interface Customer {
  waId: string;
  userId: string;
  name: string;
  hidesPhone: boolean;
}

/** Something that a customer can tap. */
export interface Tappable {
  id: string;
  title: string;
  kind: 'button_reply' | 'list_reply' | 'button' | 'quick_reply';
}

export type DeliveryState = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

/** One message that a business sent and the emulator accepted. */
export interface LedgerEntry {
  /** 1, 2, 3, ... in the order of acceptance. */
  seq: number;
  /** Emulator time, ISO 8601 in UTC. */
  at: string;
  messageId: string;
  phoneNumberId: string;
  /** The customer that it reached, on Instagram by their id; null for a recipient that Meta drops in silence. */
  waId: string | null;
  userId: string | null;
  type: string;
  /** What the customer reads. */
  text: string;
  options: Tappable[];
  /** `biz_opaque_callback_data` of the send. */
  effectRef: string | null;
  state: DeliveryState;
  /** The request as it came. */
  body: unknown;
}

/** A read mark that a business set on a customer's message. */
export interface ReadMark {
  at: string;
  phoneNumberId: string;
  messageId: string;
  typing: boolean;
}

/** One webhook on its way. */
export interface WebhookDelivery {
  id: number;
  at: string;
  phoneNumberId: string;
  field: string;
  attempts: number;
  state: 'pending' | 'delivered' | 'given_up';
  /** HTTP status of the last answer; null when there was none. */
  lastStatus: number | null;
}
