package credential

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"strconv"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// kept is a status list that this replica remembers for a minute.
type kept struct {
	text []byte
	key  string // what it was signed with
	at   time.Time
}

// EncodeBits writes the set places of a status list: gzip, then multibase base64url.
// Places outside 0 … 131,071 are left out.
func EncodeBits(set []int) (string, error) {
	bits := make([]byte, listBits/8)
	for _, at := range set {
		if at >= 0 && at < listBits {
			bits[at/8] |= 0x80 >> (at % 8) // place 0 is the leftmost bit
		}
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(bits); err != nil {
		return "", fault.From(err, fault.Internal, "")
	}
	if err := z.Close(); err != nil {
		return "", fault.From(err, fault.Internal, "")
	}
	return "u" + raw64.EncodeToString(b.Bytes()), nil
}

// Bit reads one place of an encoded status list. Errors: Invalid.
func Bit(encoded string, at int) (bool, error) {
	bad := fault.Newf(fault.Invalid, "", "no status list")
	if at < 0 || at >= listBits || len(encoded) < 2 || encoded[0] != 'u' {
		return false, bad
	}
	packed, err := raw64.DecodeString(encoded[1:])
	if err != nil {
		return false, bad
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return false, bad
	}
	bits, err := io.ReadAll(io.LimitReader(z, listBits/8+1))
	if err != nil || len(bits) != listBits/8 {
		return false, bad
	}
	return bits[at/8]&(0x80>>(at%8)) != 0, nil
}

// StatusList is a signed Bitstring Status List credential. Errors: NotFound for a list
// that nobody stands in, Unavailable "credential.no_address".
func (s *Service) StatusList(ctx context.Context, n int) (text []byte, err error) {
	defer fault.Wrap(&err, "credential.StatusList")
	if err := s.hasList(ctx, n); err != nil {
		return nil, err
	}
	site, did, err := s.address()
	if err != nil {
		return nil, err
	}
	k, private, err := s.signer(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	s.mu.Lock()
	have, ok := s.lists[n]
	s.mu.Unlock()
	if ok && have.key == did+k.ID && now.Sub(have.at) < freshFor && !now.Before(have.at) {
		return have.text, nil
	}
	var set []int
	for row, err := range s.all.Keys(ctx, store.Query{Index: indexRevoked, Eq: []any{n}, Limit: listBits}) {
		if err != nil {
			return nil, err
		}
		if at, ok := row.Values[1].(int64); ok {
			set = append(set, int(at))
		}
	}
	bits, err := EncodeBits(set)
	if err != nil {
		return nil, err
	}
	at := listAddress(site, n)
	doc := object{"@context": []string{contextVC}, "id": at, "type": []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer": did, "validFrom": stamp(k.Made.Time),
		"credentialSubject": object{"id": at + "#list", "type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": bits}}
	if text, err = sign(doc, did+"#"+k.ID, private, now); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.lists[n] = kept{text, did + k.ID, now}
	s.mu.Unlock()
	return text, nil
}

func (s *Service) hasList(ctx context.Context, n int) error {
	if n == 1 {
		return nil
	}
	count, err := s.counts.Get(ctx, "places")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if n < 1 || count == nil || int64(n) > (count.Given-1)/listFull+1 {
		return fault.New(fault.NotFound, "")
	}
	return nil
}

// forget lets the next question read the list anew.
func (s *Service) forget(n int) {
	s.mu.Lock()
	delete(s.lists, n)
	s.mu.Unlock()
}

func listAddress(site string, n int) string { return site + "/credentials/status/" + strconv.Itoa(n) }
