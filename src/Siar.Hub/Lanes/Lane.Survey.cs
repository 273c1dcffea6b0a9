using Siar.Topics;

namespace Siar.Hub;

/// <summary>What the lane tells whoever watches the hub, some subscribers a turn.</summary>
internal sealed partial class Lane
{
    private const int MatchersDescribed = 12;

    private readonly Queue<LaneSurvey> _surveys = new();
    private int _surveyNext = -1;

    private void GoOnWithSurvey()
    {
        if (!_surveys.TryPeek(out var survey)) return;
        try
        {
            LookAtSome(survey);
        }
        catch (Exception failure)
        {
            // Whoever watches gets what was found; the lane does not try for ever.
            _context.OnFailure(failure);
            _surveyNext = 0;
        }

        if (_surveyNext > 0) return;
        _surveyNext = -1;
        _surveys.Dequeue();
        survey.Complete();
    }

    private void LookAtSome(LaneSurvey survey)
    {
        if (_surveyNext < 0)
        {
            CountSubscribers(survey);
            _surveyNext = _all.Count;
        }

        // From the end, so that one who leaves (another takes the place) is never passed over.
        var stop = Math.Max(0, _surveyNext - _context.Tuning.Deadlines);
        while (_surveyNext > stop)
        {
            _surveyNext--;
            if (_surveyNext < _all.Count) Describe(_all[_surveyNext], survey);
        }
    }

    private void CountSubscribers(LaneSurvey survey)
    {
        for (var i = 0; i < survey.Topics.Length; i++)
        {
            _met.Clear();
            _index.Match([survey.Topics[i]], _met);
            foreach (var group in _met) survey.Count(i, group.Subscribers);
        }

        _met.Clear();
    }

    private void Describe(Subscriber subscriber, LaneSurvey survey)
    {
        var cursor = subscriber.State is SubscriberState.Level ? _head : subscriber.Cursor;
        var lag = Math.Max(0, _context.Window.Head - cursor);
        if (!survey.Wants(lag, subscriber.Number)) return;
        var matchers = subscriber.Request.Matchers.Matchers;
        if (subscriber.IsListener) matchers = matchers.RemoveAll(_context.Presence!.IsMarker);
        survey.Add(new ConnectionSample(
            subscriber.Number,
            subscriber.Request.Reader is { IsNone: false } reader ? reader.ToString() : null,
            subscriber.Request.Address,
            [.. matchers.Take(MatchersDescribed).Select(Describe)],
            Math.Max(0, matchers.Length - MatchersDescribed),
            _context.Clock.AtSecond(subscriber.JoinedAt).ToUnixTimeMilliseconds(),
            subscriber.EventsSent,
            subscriber.BytesSent,
            lag,
            Describe(subscriber.State)));
    }

    private static string Describe(Matcher matcher) => matcher.Kind switch
    {
        MatcherKind.UrlPattern => "pattern " + matcher.Value,
        MatcherKind.UriTemplate => "template " + matcher.Value,
        _ => matcher.Value,
    };

    private static string Describe(SubscriberState state) => state switch
    {
        SubscriberState.Level => "live",
        SubscriberState.Full => "not-reading",
        SubscriberState.Ahead => "waiting",
        _ => "catching-up",
    };

    private void CloseNumber(long number)
    {
        if (_all.Find(s => s.Number == number) is { } subscriber) Guarded(subscriber, static (lane, s) => lane.Close(s, EndReason.Requested));
    }
}
