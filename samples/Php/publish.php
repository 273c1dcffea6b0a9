<?php
// Publishes a private event: SIAR_TOKEN="$(siar token --quiet --publish 'news')" php publish.php news 'hello'
declare(strict_types=1);

if ($argc !== 3) {
    fwrite(STDERR, "Usage: php publish.php TOPIC DATA\n");
    exit(2);
}

[, $topic, $data] = $argv;
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
    fwrite(STDERR, "There is no hub at $hub.\n");
    exit(1);
}

$status = (int) explode(' ', $http_response_header[0])[1];
if ($status !== 200) {
    fwrite(STDERR, "The hub answered $status: $answer\n");
    exit(1);
}

echo json_decode($answer, true, flags: JSON_THROW_ON_ERROR)['id'], "\n";
