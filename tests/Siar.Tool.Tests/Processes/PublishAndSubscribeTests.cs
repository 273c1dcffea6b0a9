namespace Siar.Tool.Tests;

/// <summary>The three commands together, each a process.</summary>
[Trait("runs", "siar")]
public sealed class PublishAndSubscribeTests
{
    [Fact]
    public async Task What_is_published_is_printed()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = hub.Subscribe("greetings", "--count", "2", "--format", "sse");
        await reader.ReadErrorAsync("subscribed at");
        await ReadToLiveAsync(reader);

        await using var publisher = hub.Publish("greetings", "hello\nworld", "--type", "note", "--id", "mine-1");
        (await publisher.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "mine-1\n", ""));
        await using var second = hub.Publish("greetings", "--", "--dashed");
        var id = (await second.FinishAsync()).Output.Trim();

        var (exitCode, output, _) = await reader.FinishAsync();
        exitCode.ShouldBe(ExitCode.Ok);
        output.ShouldBe($"event: note\nid: mine-1\ndata: hello\ndata: world\n\nid: {id}\ndata: --dashed\n\n");
    }

    [Fact]
    public async Task Lines_of_standard_input_are_published_as_they_come()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = hub.Subscribe("lines", "--since", "earliest");
        await using var publisher = hub.Publish("lines");

        foreach (var line in new[] { "one", "@two", "", "drei: ü" })
        {
            await publisher.Input.WriteLineAsync(line);
            await publisher.Input.FlushAsync();
            (await reader.ReadAsync()).ShouldBe(line);
        }

        await publisher.Input.WriteAsync("last, without an end");
        publisher.Input.Close();
        (await reader.ReadAsync()).ShouldBe("last, without an end");
        (await publisher.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", "siar publish: published 5 events.\n"));
    }

    [Fact]
    public async Task Many_lines_at_once_keep_their_order()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var publisher = hub.Publish("lines", "--quiet");
        var lines = Enumerable.Range(0, 3_000).Select(i => $"line {i}").ToArray();

        foreach (var line in lines) await publisher.Input.WriteLineAsync(line);
        publisher.Input.Close();

        (await publisher.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
        await using var reader = hub.Subscribe("lines", "--since", "earliest", "--count", "3000", "--quiet");
        (await reader.FinishAsync()).Output.ShouldBe(string.Join('\n', lines) + "\n");
    }

    [Theory]
    [InlineData("--last", "2", "b 1\na 2\n")]
    [InlineData("--snapshot", null, "b 1\na 2\n")]
    [InlineData("--last", "1", "a 2\n")]
    public async Task A_reader_may_begin_with_the_newest(string flag, string? value, string wanted)
    {
        await using var hub = await RunningHub.StartAsync();
        foreach (var (key, data) in new[] { ("a", "a 1"), ("b", "b 1"), ("a", "a 2") })
        {
            await using var publisher = hub.Publish("t", data, "--key", key, "--quiet");
            (await publisher.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
        }

        await using var reader = hub.Subscribe(["t", flag, .. value is null ? (string[])[] : [value], "--quiet", "--count", $"{wanted.Count(c => c == '\n')}"]);

        (await reader.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, wanted, ""));
    }

    [Theory]
    [InlineData("give one of them", "--last", "1", "--snapshot")]
    [InlineData("give one of them", "--since", "earliest", "--last", "1")]
    [InlineData("--last: '0' is not from 1", "--last", "0")]
    public async Task A_reader_that_is_to_begin_in_two_ways_or_nowhere_is_told(string sentence, params string[] flags)
    {
        var (exitCode, _, errors) = await SiarProcess.RunAsync(["subscribe", "t", "--hub", "http://127.0.0.1:1", .. flags]);

        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldContain(sentence);
    }

    [Fact]
    public async Task A_reader_comes_back_to_a_hub_that_was_killed_and_tells_the_gap()
    {
        await using var first = await RunningHub.StartAsync();
        await using var reader = first.Subscribe("t", "--since", "earliest", "--quiet");
        await PublishAsync(first, "before");
        (await reader.ReadAsync()).ShouldBe("before");

        await first.Process.KillAsync();
        await using var second = await RunningHub.StartAsync("--url", first.Url);
        await PublishAsync(second, "after");

        // The log was in memory: what the reader had is of another life of it, and it is told so.
        await reader.ReadErrorAsync("here is a gap: ");
        (await reader.ReadAsync()).ShouldBe("after");
    }

    [Theory]
    [InlineData(SiarProcess.SigInt, ExitCode.Interrupted)]
    [InlineData(SiarProcess.SigTerm, ExitCode.Terminated)]
    public async Task A_reader_ends_at_once_on_a_signal(int signal, int exitCode)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = hub.Subscribe("t");
        await reader.ReadErrorAsync("subscribed at");

        await reader.SignalAsync(signal);

        (await reader.FinishAsync()).ShouldBe(new SiarProcess.Finished(exitCode, "", ""));
    }

    [Fact]
    public async Task A_publisher_that_waits_for_lines_ends_at_once_on_a_signal()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var publisher = hub.Publish("t");
        await using var reader = hub.Subscribe("t", "--since", "earliest", "--count", "1");
        await publisher.Input.WriteLineAsync("x");
        await publisher.Input.FlushAsync();
        (await reader.ReadAsync()).ShouldBe("x");

        await publisher.SignalAsync(SiarProcess.SigInt);

        // The reader may have had the event before the publisher had its answer.
        var (exitCode, output, errors) = await publisher.FinishAsync();
        exitCode.ShouldBe(ExitCode.Interrupted);
        output.ShouldBeEmpty();
        errors.ShouldBeOneOf("siar publish: published 1 event.\n", "siar publish: published 0 events, and more were on their way.\n");
    }

    [Fact]
    public async Task A_reader_whose_own_reader_is_gone_ends()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = hub.Subscribe("t", "--quiet", "--since", "earliest");
        await PublishAsync(hub, "one");
        (await reader.ReadAsync()).ShouldBe("one");

        reader.CloseOutput();
        await PublishAsync(hub, "two");

        (await reader.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task A_time_that_is_over_is_an_end_or_a_failure()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var open = hub.Subscribe("t", "--timeout", "100ms", "--quiet");
        await using var counting = hub.Subscribe("t", "--timeout", "100ms", "--count", "1", "--quiet");

        (await open.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
        (await counting.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Failure, "", "siar subscribe: only 0 of 1 events came in time.\n"));
    }

    [Fact]
    public async Task A_time_longer_than_a_timer_waits_is_no_end()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = hub.Subscribe("t", "--timeout", "1000d", "--count", "1", "--since", "earliest", "--quiet");
        await PublishAsync(hub, "one");

        (await reader.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "one\n", ""));
    }

    [Fact]
    public async Task A_refusal_is_the_hub_s_own_sentence()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var publisher = hub.Publish("*", "x");

        var (exitCode, _, errors) = await publisher.FinishAsync();

        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldContain("siar publish: the hub refuses: 400 Bad Request: Line 1: The topic '*' stands for every topic");
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(" a")]
    [InlineData("a\t")]
    public async Task An_id_that_a_reader_could_not_send_back_is_refused_in_a_sentence_before_it_goes(string id) =>
        (await SiarProcess.RunAsync("publish", "t", "x", "--id", id, "--hub", "http://127.0.0.1:1")).ShouldBe(new SiarProcess.Finished(
            ExitCode.Failure, "", "siar publish: the id begins or ends with a blank, which is lost when a reader sends the id back in a header field: leave the blank out.\n"));

    [Fact]
    public async Task A_hub_that_is_not_there_is_a_failure_to_publish()
    {
        var (exitCode, _, errors) = await SiarProcess.RunAsync("publish", "t", "x", "--hub", "http://127.0.0.1:1");

        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldBe("siar publish: there is no hub at http://127.0.0.1:1: Connection refused. Start one with 'siar serve', or name another with --hub.\n");
    }

    private static async Task PublishAsync(RunningHub hub, string data)
    {
        await using var publisher = hub.Publish("t", data, "--quiet");
        (await publisher.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
    }

    private static async Task ReadToLiveAsync(SiarProcess reader)
    {
        // The signal's block: its type, its id, its data and the blank line.
        (await reader.ReadAsync()).ShouldBe("event: siar.live");
        for (var i = 0; i < 3; i++) await reader.ReadAsync();
    }
}
