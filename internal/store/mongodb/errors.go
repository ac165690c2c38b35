package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"osvitlo/internal/fault"
)

// Codes of MongoDB's src/mongo/base/error_codes.yml.
const (
	codeTypeMismatch     = 14
	codePathNotViable    = 28
	codeCursorNotFound   = 43
	codeNamespaceExists  = 48
	codeOptionsConflict  = 85
	codeKeySpecsConflict = 86
)

// passing are the codes of what passes: no primary, no majority, no time, no space.
var passing = []int{
	6, 7, 89, 9001, // host unreachable or not found, network
	91, 11600, 11602, // shutdown, interrupted by it or by a change of state
	189, 10107, 13435, 13436, 10058, // stepped down, not primary
	24, 46, 112, // locks, write conflict
	50, 262, 202, // time limits
	64, 79, 100, // write concern failed, unknown or cannot be met
	133, 134, // no member to read from, majority not ready
	codeCursorNotFound, 136, 175, 237, 11601, // cursor or operation killed
	14031,         // out of disk space
	13, 18, 13388, // rights withdrawn, password changed, stale shard
	462, // admission refused: overload
}

// ofDocument are the codes of what a document itself causes.
var ofDocument = []int{
	10334, 17280, 17419, 17420, // too large
	171,                                 // two arrays in one index of a newer program
	codeTypeMismatch, codePathNotViable, // Add on something else than an integer
}

// translate turns an error of the driver into a fault. What may pass is Unavailable;
// what the document causes is Invalid; what else the server refuses is Internal.
func (e *Engine) translate(err error) error {
	var server mongo.ServerError
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case e.closed.Load():
		return fault.Newf(fault.Unavailable, "", "the store is closed: %w", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), mongo.IsTimeout(err), mongo.IsNetworkError(err):
		return fault.Newf(fault.Unavailable, "", "MongoDB did not answer: %w", err)
	case errors.As(err, &server):
		return fault.Newf(kindOf(server), "", "MongoDB refused: %w", err)
	case errors.As(err, &mongo.MarshalError{}), errors.As(err, &mongo.InvalidArgumentError{}):
		return fault.From(err, fault.Internal, "")
	}
	return fault.Newf(fault.Unavailable, "", "MongoDB cannot be reached: %w", err)
}

func kindOf(err mongo.ServerError) fault.Kind {
	if unmet(err) || has(err, passing) || err.HasErrorLabel("RetryableWriteError") || err.HasErrorLabel("TransientTransactionError") {
		return fault.Unavailable
	}
	switch {
	case has(err, ofDocument):
		return fault.Invalid
	case mongo.IsDuplicateKeyError(err):
		return fault.Conflict
	}
	return fault.Internal
}

func has(err mongo.ServerError, codes []int) bool {
	for _, c := range codes {
		if err.HasErrorCode(c) {
			return true
		}
	}
	return false
}

// unmet tells that a write was made but its majority did not confirm it in time: it may
// still be lost, so it is not acknowledged.
func unmet(err error) bool {
	var one mongo.WriteException
	var many mongo.BulkWriteException
	return errors.As(err, &one) && one.WriteConcernError != nil || errors.As(err, &many) && many.WriteConcernError != nil
}

// taken tells that nothing but ids in use stood in the way.
func taken(err error) bool {
	if unmet(err) || !mongo.IsDuplicateKeyError(err) {
		return false
	}
	var many mongo.BulkWriteException
	if errors.As(err, &many) {
		for _, w := range many.WriteErrors {
			if !w.HasErrorCode(11000) {
				return false
			}
		}
	}
	return true
}
