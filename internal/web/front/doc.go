// Package front is what stands before the pages: what search engines read (robots.txt,
// sitemap.xml), the pictures shown where somebody shares a page, and what a device shows
// without a network (the site's worker and the page it keeps).
//
// Guarantees: only pages that everybody may read are listed; a demonstration that is
// reachable from outside asks not to be listed at all; a picture holds nothing about a
// person and is drawn once per state of what it shows.
package front
