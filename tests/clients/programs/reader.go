// Prints the messages of a stream, as github.com/donovanhide/eventsource hands them over.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/donovanhide/eventsource"
)

func main() {
	stream, err := eventsource.Subscribe(os.Args[1], "")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	out := json.NewEncoder(os.Stdout)
	out.Encode(map[string]any{"open": true})
	for {
		select {
		case event := <-stream.Events:
			out.Encode(map[string]any{"type": event.Event(), "data": event.Data()})
		case <-stream.Errors:
			// It connects again by itself.
		}
	}
}
