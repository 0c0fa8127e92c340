/** A refusal in the words of Alibaba Cloud's own API: callers act on the status and on the code. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const badRequest = (code: string, message: string) => new ApiError(400, code, message);
export const notFound = (code: string, message: string) => new ApiError(404, code, message);

// Not 404: several clients take every 404 for "the object is gone" and would go on in silence.
export const unknownAction = (action: string) =>
  badRequest("InvalidAction.NotFound", `The action ${action} is not one that this cloud answers.`);
