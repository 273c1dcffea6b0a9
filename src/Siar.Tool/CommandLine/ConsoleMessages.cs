namespace Siar.Tool;

/// <summary>What a command says to the person, on standard error: standard output belongs to what was asked for.</summary>
internal sealed class ConsoleMessages(string command, bool isQuiet, TextWriter output)
{
    public ConsoleMessages(string command, bool isQuiet)
        : this(command, isQuiet, Console.Error)
    {
    }

    /// <summary>Says how it goes, unless it is to be quiet.</summary>
    public void Say(string sentence)
    {
        if (!isQuiet) Warn(sentence);
    }

    /// <summary>Says what must be known, quiet or not.</summary>
    public void Warn(string sentence) => output.WriteLine($"{command}: {sentence}");

    /// <summary>Says what went wrong, quiet or not, and gives the code back.</summary>
    public int Fail(string sentence, int exitCode = ExitCode.Failure)
    {
        Warn(sentence);
        return exitCode;
    }
}
