import type { BusinessNumber, Customer } from '../records.js';

/** The frame around everything that Meta posts for one number. */
export function envelopeOf(number: BusinessNumber, value: Record<string, unknown>, field = 'messages'): unknown {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: number.wabaId,
        changes: [
          {
            value: {
              messaging_product: 'whatsapp',
              metadata: {
                display_phone_number: number.displayPhoneNumber.replace(/\D/g, ''),
                phone_number_id: number.phoneNumberId,
              },
              ...value,
            },
            field,
          },
        ],
      },
    ],
  };
}

/** An entry of `contacts`. A hidden number is left out, not replaced. */
export function contactOf(customer: Customer): Record<string, unknown> {
  return {
    profile: { name: customer.name },
    ...(customer.hidesPhone ? {} : { wa_id: customer.waId }),
    user_id: customer.userId,
  };
}
