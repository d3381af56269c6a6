/** A database that cannot be opened or trusted; the message names `storage.url`, the file, the rule and the cause. */
export class StorageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageError'
  }
}
