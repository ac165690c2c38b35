// Package interchange carries items to and from other programs: QTI 3.0 packages
// (1EdTech) and Moodle's GIFT.
//
// Guarantees: an item that both sides know comes back as it went (QTI in both
// languages, GIFT in the one that was asked for); what cannot be carried is listed,
// item by item, never dropped in silence; what comes in is a draft without reviews;
// input is bounded in files, bytes, ratio of compression, depth and number of
// elements, and no entity or address in it is ever fetched.
//
// It does not touch the bank, does not store, and does not judge whether an item is
// good: content.CheckItem does.
package interchange
