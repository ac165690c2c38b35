// Package credential answers the pages about certificates and badges: the public check,
// the certificate as a page and as a PDF, one's own list, the mentor's and the office's,
// and the files that programs of others read (did document, status lists, badges).
//
// Guarantees: the public check shows issuer, achievement, date and status, and of the
// holder what they agreed to; it names no place, school or group and is kept out of
// search engines. Signed files are given to their holder only. Files for programs can be
// cached and read from other sites.
//
// It does not: decide what is issued, or sign (internal/credential does).
package credential
