// Package asset keeps the files that editors upload: pictures, video, audio, PDF.
// What is known of a file stands in the store, its bytes in package media.
//
// Guarantees:
//   - a file arrives in parts, in any order, each as often as need be; a broken upload
//     goes on where it stopped, and parts that nobody finished are swept after a day;
//   - what a file is, its bytes say; a file that says it is something else is refused;
//   - sizes have bounds by kind, told before the first byte is read; a picture that would
//     unfold to more than 40 megapixels is refused by its head;
//   - pictures are drawn anew in several widths, so that place, time and camera stay out;
//   - only a ready file is served: bytes first, the document last, so that a killed
//     process leaves nothing half-visible;
//   - nothing is published without words in Ukrainian for those who do not see it, and
//     nothing that something uses is deleted; every act stands in the audit log first.
//
// It does not: know what a course or an item is (Options.Uses is asked), render pages, or
// make WebP and renditions of video by itself: ffmpeg does, where it is installed, and the
// file says so where it is not.
package asset
