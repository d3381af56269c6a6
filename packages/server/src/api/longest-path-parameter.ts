/** An id may have 128 characters, each three long when percent-encoded. */
export const LONGEST_PATH_PARAMETER = 400
