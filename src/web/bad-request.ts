/** A request that cannot be answered as it is. The message is for whoever sent it. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly statusCode = 400;
}
