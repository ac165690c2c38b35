// Command wirepeer serves the MongoDB wire protocol from a temporary folder, for the
// conformance tests of internal/store/mongodb. It listens on loopback only, prints its
// address as a connection string on the first line, and ends with its standard input.
//
// The peer is FerretDB over SQLite. It serves one connection well: it loses concurrent
// updates and ignores indexes and hints, so it proves the commands and their answers,
// not concurrency, durability or plans.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "wirepeer:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "wirepeer-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	peer, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/",
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // the parent closes our standard input when it ends, however it ends
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	done := make(chan error, 1)
	go func() { done <- peer.Run(ctx) }()
	fmt.Println(peer.MongoDBURI())
	return <-done
}
