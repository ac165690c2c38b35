// Package sitting holds one respondent on one instrument: the path through the
// instrument, the answers as given, the submit with its score and its state.
//
// Guarantees:
//   - one document per sitting; a submit is one atomic write and final;
//   - two writers never overwrite each other silently: every write names the
//     revision it was made from;
//   - the id names, it does not open: reading needs the sealed cookie or the
//     result key, and without them the answer is NotFound;
//   - what an erased person answered is gone, and the id answers Gone for ever;
//   - the cells of the index read Tally and never an answer;
//   - how well a sitting was answered is written beside it and decides nothing; a
//     held sitting counts or does not by an analyst's word, which is written down.
//
// It does not: render pages, send messages, estimate the city's figures, or
// know people's names; of an account it holds a keyed hash, and it reads no address.
package sitting
