// Package canvas draws pictures of our own: words, shapes and QR codes into a PNG, in
// the letters of web/typeface.
//
// Guarantees: the same calls give the same bytes; a text never leaves its box: it is
// wrapped, made smaller and, when even that is not enough, cut with an ellipsis; no
// input panics; a picture has at most MaxPixels.
//
// Lengths are pixels from the upper left corner. Set measures a text without a picture
// in any unit, so that a PDF can be set with the same lines.
//
// It does not: read pictures, shape scripts other than Cyrillic and Latin, or know what
// a poster is.
package canvas
