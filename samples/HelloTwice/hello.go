// Says a message, waits five seconds, and says another, through a hub: SIAR_TOKEN="$(siar token --quiet --publish hello)" go run hello.go
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

func main() {
	if err := sayTwice(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sayTwice() error {
	pause, err := time.ParseDuration(setting("SIAR_PAUSE", "5") + "s")
	if err != nil {
		return err
	}
	if err := publish("hello", "Hello"); err != nil {
		return err
	}
	time.Sleep(pause)
	return publish("hello", "Hello again")
}

func publish(topic, data string) error {
	hub := setting("SIAR_HUB", "http://127.0.0.1:7427")
	query := url.Values{"topic": {topic}, "private": {"true"}}
	request, err := http.NewRequest(http.MethodPost, hub+"/events?"+query.Encode(), strings.NewReader(data))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set("Authorization", "Bearer "+os.Getenv("SIAR_TOKEN"))

	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the hub answered %d: %s", response.StatusCode, body)
	}
	var answer struct{ ID string }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	fmt.Println(answer.ID)
	return nil
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
