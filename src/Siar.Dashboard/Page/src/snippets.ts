// The same request in the languages of those who make it.

export interface Publish {
  url: string;
  data: string;
  type: string;
  isPrivate: boolean;
  token: string | null;
}

export interface Subscribe {
  url: string;
  from: string;
  token: string | null;
}

export type Snippets = [language: string, code: string][];

// A shell's line that goes on with the next.
const goOn = ' \\\n  ';

const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const quoted = (text: string): string => JSON.stringify(text);
const php = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export function publishUrl(publish: Publish): string {
  const url = new URL(publish.url);
  if (publish.type) url.searchParams.set('type', publish.type);
  if (publish.isPrivate) url.searchParams.set('private', 'true');
  return url.href;
}

export function subscribeUrl(subscribe: Subscribe): string {
  const url = new URL(subscribe.url);
  if (subscribe.from) url.searchParams.set('lastEventId', subscribe.from);
  return url.href;
}

export function publishCurl(publish: Publish): string {
  return ["curl -H 'Content-Type: text/plain'", publish.token && `-H ${shell(`Authorization: Bearer ${publish.token}`)}`, `--data-raw ${shell(publish.data)}`, shell(publishUrl(publish))]
    .filter(Boolean).join(goOn);
}

export function subscribeCurl(subscribe: Subscribe): string {
  return ['curl -N', subscribe.token && `-H ${shell(`Authorization: Bearer ${subscribe.token}`)}`, shell(subscribeUrl(subscribe))].filter(Boolean).join(goOn);
}

export function publishSnippets(publish: Publish): Snippets {
  const url = publishUrl(publish);
  const bearer = publish.token && `Bearer ${publish.token}`;
  return [
    ['curl', publishCurl(publish)],
    ['C#', [
      'using var http = new HttpClient();',
      bearer && `http.DefaultRequestHeaders.Add("Authorization", ${quoted(bearer)});`,
      `var response = await http.PostAsync(${quoted(url)}, new StringContent(${quoted(publish.data)}));`,
      'response.EnsureSuccessStatusCode();',
    ].filter(Boolean).join('\n')],
    ['JavaScript', [
      `const response = await fetch(${quoted(url)}, {`,
      "  method: 'POST',",
      `  headers: { 'content-type': 'text/plain'${bearer ? `, authorization: ${quoted(bearer)}` : ''} },`,
      `  body: ${quoted(publish.data)},`,
      '});',
      'const { id } = await response.json();',
    ].join('\n')],
    ['PHP', [
      `$context = stream_context_create(['http' => [`,
      "    'method' => 'POST',",
      `    'header' => ["Content-Type: text/plain"${bearer ? `, ${php(`Authorization: ${bearer}`)}` : ''}],`,
      `    'content' => ${php(publish.data)},`,
      ']]);',
      `echo file_get_contents(${php(url)}, false, $context);`,
    ].join('\n')],
    ['Go', bearer
      ? [
          `request, _ := http.NewRequest("POST", ${quoted(url)}, strings.NewReader(${quoted(publish.data)}))`,
          'request.Header.Set("Content-Type", "text/plain")',
          `request.Header.Set("Authorization", ${quoted(bearer)})`,
          'response, err := http.DefaultClient.Do(request)',
        ].join('\n')
      : `response, err := http.Post(${quoted(url)}, "text/plain", strings.NewReader(${quoted(publish.data)}))`],
  ];
}

export function subscribeSnippets(subscribe: Subscribe): Snippets {
  const url = subscribeUrl(subscribe);
  const bearer = subscribe.token && `Bearer ${subscribe.token}`;
  return [
    ['curl', subscribeCurl(subscribe)],
    ['C#', [
      'using System.Net.ServerSentEvents;',
      '',
      'using var http = new HttpClient();',
      bearer && `http.DefaultRequestHeaders.Add("Authorization", ${quoted(bearer)});`,
      `using var stream = await http.GetStreamAsync(${quoted(url)});`,
      'await foreach (var item in SseParser.Create(stream).EnumerateAsync())',
      '    Console.WriteLine($"{item.EventId} {item.Data}");',
    ].filter((line) => line !== null).join('\n')],
    ['JavaScript', bearer
      ? [
          `const response = await fetch(${quoted(url)}, {`,
          `  headers: { accept: 'application/x-ndjson', authorization: ${quoted(bearer)} },`,
          '});',
          'for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text);',
        ].join('\n')
      : [`const events = new EventSource(${quoted(url)});`, 'events.onmessage = (event) => console.log(event.lastEventId, event.data);'].join('\n')],
    ['PHP', [
      `$context = stream_context_create(['http' => ['header' => ['Accept: application/x-ndjson'${bearer ? `, ${php(`Authorization: ${bearer}`)}` : ''}]]]);`,
      `$stream = fopen(${php(url)}, 'r', false, $context);`,
      // Otherwise PHP waits until 8 KiB of a chunked answer have come.
      'stream_set_chunk_size($stream, 1);',
      'while (($line = fgets($stream)) !== false) {',
      '    if (trim($line) !== "") print_r(json_decode($line, true));',
      '}',
    ].join('\n')],
    ['Go', [
      `request, _ := http.NewRequest("GET", ${quoted(url)}, nil)`,
      'request.Header.Set("Accept", "application/x-ndjson")',
      bearer && `request.Header.Set("Authorization", ${quoted(bearer)})`,
      'response, err := http.DefaultClient.Do(request)',
      'if err != nil {',
      '    log.Fatal(err)',
      '}',
      'lines := bufio.NewScanner(response.Body)',
      'for lines.Scan() {',
      '    fmt.Println(lines.Text())',
      '}',
    ].filter(Boolean).join('\n')],
  ];
}
