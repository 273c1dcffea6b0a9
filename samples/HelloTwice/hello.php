<?php
// Says a message, waits five seconds, and says another, through a hub: SIAR_TOKEN="$(siar token --quiet --publish hello)" php hello.php
declare(strict_types=1);

$pause = getenv('SIAR_PAUSE');
publish('hello', 'Hello');
sleep($pause === false ? 5 : (int) $pause);
publish('hello', 'Hello again');

function publish(string $topic, string $data): void
{
    $hub = getenv('SIAR_HUB') ?: 'http://127.0.0.1:7427';
    $answer = @file_get_contents($hub . '/events?' . http_build_query(['topic' => $topic, 'private' => 'true']), false, stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Content-Type: text/plain; charset=utf-8', 'Authorization: Bearer ' . getenv('SIAR_TOKEN')],
        'content' => $data,
        'timeout' => 30,
        // The hub says in the body what was wrong.
        'ignore_errors' => true,
    ]]));
    if ($answer === false) {
        fail("There is no hub at $hub.");
    }

    $status = (int) explode(' ', $http_response_header[0])[1];
    if ($status !== 200) {
        fail("The hub answered $status: $answer");
    }

    echo json_decode($answer, true, flags: JSON_THROW_ON_ERROR)['id'], "\n";
}

function fail(string $sentence): never
{
    fwrite(STDERR, "$sentence\n");
    exit(1);
}
