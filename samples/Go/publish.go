// Publishes a private event: SIAR_TOKEN="$(siar token --quiet --publish 'news')" go run publish.go news 'hello'
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
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "Usage: publish TOPIC DATA")
		os.Exit(2)
	}
	id, err := publish(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(id)
}

func publish(topic, data string) (string, error) {
	hub := os.Getenv("SIAR_HUB")
	if hub == "" {
		hub = "http://127.0.0.1:7427"
	}
	query := url.Values{"topic": {topic}, "private": {"true"}}
	request, err := http.NewRequest(http.MethodPost, hub+"/events?"+query.Encode(), strings.NewReader(data))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set("Authorization", "Bearer "+os.Getenv("SIAR_TOKEN"))

	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the hub answered %d: %s", response.StatusCode, body)
	}
	var answer struct{ ID string }
	err = json.Unmarshal(body, &answer)
	return answer.ID, err
}
