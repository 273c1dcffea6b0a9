using Siar.TestKit;

namespace Siar.Hub.Tests.Supervision;

public sealed class FailureReporterTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _lines = [];
    private readonly FailureReporter _reporter;

    public FailureReporterTests() => _reporter = new FailureReporter(_time)
    {
        OnFailure = failure => _lines.Add(failure.Message),
        OnOmitted = (type, count) => _lines.Add($"{count} of {type.Name} omitted"),
    };

    [Fact]
    public void A_failure_that_repeats_is_reported_a_few_times_and_what_was_left_out_is_told_later()
    {
        for (var i = 0; i < 1_000; i++) _reporter.Report(new IOException("disk"));
        _lines.ShouldBe(Enumerable.Repeat("disk", FailureReporter.MostInPeriod));

        _lines.Clear();
        _time.Advance(FailureReporter.Period);
        _reporter.Report(new IOException("disk again"));
        _lines.ShouldBe(["990 of IOException omitted", "disk again"]);
    }

    [Fact]
    public void A_failure_of_another_type_is_reported_beside_a_flood()
    {
        for (var i = 0; i < 1_000; i++) _reporter.Report(new IOException("disk"));
        _reporter.Report(new InvalidOperationException("other"));
        _lines[^1].ShouldBe("other");
    }

    [Fact]
    public void What_a_logger_throws_ends_here()
    {
        _reporter.OnFailure = _ => throw new IOException("the log's disk is full");
        _reporter.Report(new InvalidOperationException("x"));
    }
}
