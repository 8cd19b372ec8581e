/** What a user can fix: a bad flag, a file that is not readable, a port in use. Anything else that is thrown is a defect. */

/** The message is one line that names what is wrong and what would be right; it is printed without a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}
