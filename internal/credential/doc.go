// Package credential issues what people have achieved: badges and certificates that
// anybody can check without asking the city.
//
// Duty: one document per credential; Open Badges 3.0 as a Verifiable Credential 2.0
// signed with Data Integrity (eddsa-jcs-2022) or as a VC-JWT; the issuer's did:web
// document; the Bitstring Status Lists; badges baked into PNG and SVG.
//
// Guarantees:
//   - a completion that is told twice makes one credential; its id holds 130 bits
//     and follows from nothing but the installation's secret;
//   - what leaves this package about a holder is nothing, initials, or the name,
//     as the holder chose; names are sealed in the store;
//   - signing keys are sealed; a key that was exchanged stays in the did document,
//     and only its public half is kept;
//   - a revocation is audited first, cannot be undone, and shows in the status list
//     of this replica at once, of the others within a minute;
//   - erasure unlinks: the credential stays checkable and belongs to nobody;
//   - a level is issued only from a certificate sitting on an approved instrument.
//
// It does not: check who may do what (the web does), draw pages or PDFs, or keep
// private keys of holders. Without a public https address nothing is signed, since
// nobody could find the keys; the achievement is kept and signed on demand later.
//
// Formulas and formats: W3C Verifiable Credentials 2.0, Data Integrity EdDSA
// Cryptosuites 1.0 §3.3, Bitstring Status List 1.0, did:web, 1EdTech Open Badges 3.0
// §5.3 (baking) and §8 (proofs).
package credential
