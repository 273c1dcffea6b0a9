namespace Siar.Tool;

/// <summary>Fits a sentence of the client library into what a command says.</summary>
internal static class ErrorText
{
    /// <summary>The sentence as it goes on after the command's name.</summary>
    public static string Continue(string sentence) => sentence.Length > 0 ? $"{char.ToLowerInvariant(sentence[0])}{sentence[1..]}" : sentence;

    /// <summary>What is wrong with an argument, without the name that the code has for it.</summary>
    public static string Of(ArgumentException failure)
    {
        // The runtime puts that name behind the sentence, in brackets.
        var whole = failure.Message;
        var end = failure.ParamName is null ? -1 : whole.LastIndexOf(" (", StringComparison.Ordinal);
        return Continue(end < 0 ? whole : whole[..end]);
    }

    /// <summary>What went wrong, in the words of the innermost cause, without a full stop.</summary>
    public static string Reason(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return failure.Message.TrimEnd('.');
    }
}
