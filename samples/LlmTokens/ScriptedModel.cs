using System.Runtime.CompilerServices;

namespace LlmTokens;

/// <summary>Stands for a model: the same words for the same question, one after the other. Put a real one's stream in its place.</summary>
internal static class ScriptedModel
{
    private const string Words = "is a good question. An answer that is written to a log can be read by anybody, from anywhere in it, at any time, as often as they like.";

    /// <summary>The answer's tokens, as they come.</summary>
    public static async IAsyncEnumerable<string> AnswerAsync(string prompt, TimeSpan pace, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var word in $"\"{prompt}\" {Words}".Split(' '))
        {
            await Task.Delay(pace, clock, cancellationToken);
            yield return word + " ";
        }
    }
}
