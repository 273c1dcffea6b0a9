using System.Collections;
using Siar.Auth;

namespace Siar.Tool;

/// <summary>Runs <c>siar token</c> to its exit code.</summary>
internal static class TokenRun
{
    public static int Run(TokenOrder order, bool isQuiet, IDictionary variables) => Run(order, isQuiet, variables, TimeProvider.System, Console.Out, Console.Error);

    public static int Run(TokenOrder order, bool isQuiet, IDictionary variables, TimeProvider time, TextWriter output, TextWriter errors)
    {
        var messages = new ConsoleMessages("siar token", isQuiet, errors);
        try
        {
            var request = TokenRequests.Read(order, variables);
            var key = TokenKey.Find(order, variables);
            var now = time.GetUtcNow();
            var token = new TokenMinter(key, time).Mint(request);
            if (!isQuiet) errors.Write(TokenWords.Of(request, key, now));
            output.WriteLine(token);
            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is SettingException or ArgumentException)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }
    }
}
