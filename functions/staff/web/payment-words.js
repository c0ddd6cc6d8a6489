// What tells one payment from another: its number and its card.

import { METHODS } from "./words.js";

const TYPED_HERE = /^desk-/; // an id that the console made says nothing to anybody

// As far as the card service told it.
export const cardWords = ({ card_type: type, last_four: digits }) => (digits ? `${type ?? "Card"} ending in ${digits}` : type ?? "");

export function paidBy(payment) {
  const card = cardWords(payment);
  const method = card || (payment.method && (METHODS[payment.method.toLowerCase()] ?? payment.method));
  return method && `Paid by: ${method}`;
}

// As the card service calls the invoice number of an online payment, and the practice's own system those it told.
export const paymentNumber = ({ payment_id: number }) => (number && !TYPED_HERE.test(number) ? `Payment number ${number}` : "");
