package credential

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net/url"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// key is one signing key of the issuer. Its id is "key-1", "key-2" … in the order of
// making. The one without Retired signs.
type key struct {
	store.Doc
	N       int        `json:"n"`
	Public  string     `json:"public"`           // publicKeyMultibase
	Sealed  string     `json:"sealed,omitempty"` // the seed; gone once the key is retired
	Made    store.Time `json:"made"`
	Retired store.Time `json:"retired,omitzero"`
}

// maxKeys bounds how many keys the did document lists: one a year, and some by hand.
const maxKeys = 100

// KeyAge is how old a signing key grows before the job makes another one.
const KeyAge = 365 * 24 * time.Hour

func sealOf(id string) string { return "credential_keys:" + id + ":seed" }

// allKeys lists the keys, oldest first. They change rarely: a replica asks once a minute.
func (s *Service) allKeys(ctx context.Context) ([]*key, error) {
	s.mu.Lock()
	if s.keys != nil && s.now().Sub(s.keysAt) < freshFor && !s.now().Before(s.keysAt) {
		defer s.mu.Unlock()
		return s.keys, nil
	}
	s.mu.Unlock()
	return s.readKeys(ctx)
}

func (s *Service) readKeys(ctx context.Context) ([]*key, error) {
	var list []*key
	for k, err := range s.keyring.Find(ctx, store.Query{Index: indexNumber, Limit: maxKeys}) {
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	s.mu.Lock()
	s.keys, s.keysAt = list, s.now()
	s.mu.Unlock()
	return list, nil
}

// signer is the key that signs now, with its private half; it makes the first one.
func (s *Service) signer(ctx context.Context) (*key, ed25519.PrivateKey, error) {
	list, err := s.allKeys(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		if list, err = s.addKey(ctx, nil); err != nil {
			return nil, nil, err
		}
	}
	k := list[len(list)-1]
	seed, err := s.cfg.Ring.Open(k.Sealed, sealOf(k.ID))
	if err != nil {
		return nil, nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, nil, fault.Newf(fault.Internal, "", "the seed of %s has %d bytes", k.ID, len(seed))
	}
	return k, ed25519.NewKeyFromSeed(seed), nil
}

// addKey stores a new key behind those of the list, retires what came before, and reads
// the list anew. Two replicas that do it at once make one key: the id is the number.
func (s *Service) addKey(ctx context.Context, list []*key) ([]*key, error) {
	if len(list) >= maxKeys {
		return nil, fault.Newf(fault.Unavailable, "", "the issuer has %d keys already", len(list))
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	n := 1
	if len(list) > 0 {
		n = list[len(list)-1].N + 1
	}
	k := &key{Doc: store.Doc{ID: "key-" + strconv.Itoa(n)}, N: n, Public: Multikey(public), Made: store.At(s.now())}
	k.Sealed = s.cfg.Ring.Seal(private.Seed(), sealOf(k.ID))
	if err := s.keyring.Insert(ctx, k); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	if list, err = s.readKeys(ctx); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Newf(fault.Internal, "", "a new key is not in the list")
	}
	for _, old := range list[:len(list)-1] {
		if old.Sealed == "" {
			continue
		}
		next := *old
		next.Sealed, next.Retired = "", store.At(s.now())
		if err := s.keyring.Replace(ctx, &next); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	return s.readKeys(ctx)
}

// Rotate exchanges the signing key; it is written down first. What the old one signed
// stays checkable: it remains in the did document, and its private half is destroyed.
func (s *Service) Rotate(ctx context.Context, a person.Actor) (err error) {
	defer fault.Wrap(&err, "credential.Rotate")
	list, err := s.readKeys(ctx)
	if err != nil {
		return err
	}
	if err := s.cfg.Audit.Record(ctx, audit.Event{Actor: actor(a), Action: "credential.rotate", Subject: "credential-key:" + strconv.Itoa(len(list)), Where: a.Where, Why: "duty"}); err != nil {
		return err
	}
	_, err = s.addKey(ctx, list)
	return err
}

// Tend keeps the signing key: it makes the first one, exchanges one that is older than
// KeyAge, and seals it anew after the key of the vault was changed. A job runs it.
func (s *Service) Tend(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "credential.Tend")
	list, err := s.readKeys(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 || s.now().Sub(list[len(list)-1].Made.Time) > KeyAge {
		_, err = s.addKey(ctx, list)
		return err
	}
	k := *list[len(list)-1]
	if vault.KeyOf(k.Sealed) == s.cfg.Ring.Current() {
		return nil
	}
	seed, err := s.cfg.Ring.Open(k.Sealed, sealOf(k.ID))
	if err != nil {
		return err
	}
	k.Sealed = s.cfg.Ring.Seal(seed, sealOf(k.ID))
	if err := s.keyring.Replace(ctx, &k); err != nil {
		return err
	}
	_, err = s.readKeys(ctx)
	return err
}

// KeyInfo is a key of the issuer as staff see it.
type KeyInfo struct {
	ID            string
	Made, Retired time.Time // Retired is zero for the one that signs
}

// Keys lists the issuer's keys, oldest first.
func (s *Service) Keys(ctx context.Context) (list []KeyInfo, err error) {
	defer fault.Wrap(&err, "credential.Keys")
	all, err := s.allKeys(ctx)
	for _, k := range all {
		list = append(list, KeyInfo{ID: k.ID, Made: k.Made.Time, Retired: k.Retired.Time})
	}
	return list, err
}

// address is the issuer's site and its did; Unavailable where nobody could find the keys.
func (s *Service) address() (site, did string, err error) {
	none := fault.New(fault.Unavailable, "credential.no_address")
	site = strings.TrimSuffix(s.cfg.Address(), "/")
	u, err := url.Parse(site)
	if err != nil || u.Host == "" || (u.Scheme != "https" && (!s.cfg.Demo || u.Scheme != "http")) {
		return "", "", none
	}
	did = "did:web:" + strings.ReplaceAll(u.Host, ":", "%3A")
	for _, part := range strings.Split(strings.Trim(u.Path, "/"), "/") {
		if part != "" {
			did += ":" + url.PathEscape(part)
		}
	}
	return site, did, nil
}

// Ready tells whether credentials can be signed here. Errors: Unavailable
// "credential.no_address".
func (s *Service) Ready() error {
	_, _, err := s.address()
	return err
}

// DID is the issuer's did document, with every key that ever signed. Errors:
// Unavailable "credential.no_address".
func (s *Service) DID(ctx context.Context) (doc []byte, err error) {
	defer fault.Wrap(&err, "credential.DID")
	_, did, err := s.address()
	if err != nil {
		return nil, err
	}
	list, err := s.allKeys(ctx)
	if err == nil && len(list) == 0 {
		list, err = s.addKey(ctx, nil)
	}
	if err != nil {
		return nil, err
	}
	var methods []object
	var names []string
	for _, k := range list {
		public, err := ParseMultikey(k.Public)
		if err != nil {
			return nil, err
		}
		multi, jwk := did+"#"+k.ID, did+"#"+k.ID+jwkSuffix
		methods = append(methods,
			object{"id": multi, "type": "Multikey", "controller": did, "publicKeyMultibase": k.Public},
			object{"id": jwk, "type": "JsonWebKey", "controller": did, "publicKeyJwk": object{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "x": raw64.EncodeToString(public)}})
		names = append(names, multi, jwk)
	}
	return canonical(object{"@context": []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"},
		"id": did, "verificationMethod": methods, "assertionMethod": names})
}

// jwkSuffix names the same key in the form that JOSE takes.
const jwkSuffix = "-jwk"
