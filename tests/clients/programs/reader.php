<?php
// Prints the messages of a stream. PHP has no client of its own: this is the loop that stands in its manual's comments, in our words.
declare(strict_types=1);

$lastEventId = '';
$retry = 1000;
while (true) {
    $headers = ['Accept: text/event-stream'];
    if ($lastEventId !== '') {
        $headers[] = "Last-Event-ID: $lastEventId";
    }

    // Of an answer in chunks, as HTTP/1.1 has it, PHP hands over nothing before 8 KiB have come.
    $stream = @fopen($argv[1], 'r', false, stream_context_create(['http' => ['header' => $headers, 'protocol_version' => 1.0, 'timeout' => 60]]));
    if ($stream !== false) {
        say(['open' => true]);
        [$type, $data, $id] = ['', [], null];
        while (($line = fgets($stream)) !== false) {
            $line = rtrim($line, "\r\n");
            if ($line === '') {
                $lastEventId = $id ?? $lastEventId;
                if ($data !== []) {
                    say(['type' => $type, 'data' => implode("\n", $data)]);
                }

                [$type, $data, $id] = ['', [], null];
                continue;
            }

            [$field, $value] = explode(':', $line, 2) + [1 => ''];
            $value = str_starts_with($value, ' ') ? substr($value, 1) : $value;
            match ($field) {
                'data' => $data[] = $value,
                'event' => $type = $value,
                'id' => $id = $value,
                'retry' => $retry = (int) $value,
                default => null,
            };
        }

        fclose($stream);
    }

    usleep($retry * 1000);
}

function say(array $message): void
{
    echo json_encode($message, JSON_THROW_ON_ERROR), "\n";
}
