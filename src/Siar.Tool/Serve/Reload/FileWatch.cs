using System.Security.Cryptography;
using System.Text;

namespace Siar.Tool;

/// <summary>
/// Asks for the settings to be read again when one of their files has changed. It looks at what stands in them, every other second: a volume of Kubernetes and a
/// renewed certificate are links to other files, of which a file system tells nothing. A file that changes from look to look is still being written.
/// </summary>
internal sealed class FileWatch(Func<IEnumerable<string>> files, ReloadRequests requests, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Watches until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var taken = Look();
        var seen = taken;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = Look();
            if (now == seen && now != taken)
            {
                taken = now;
                requests.Ask();
            }

            seen = now;
        }
    }

    private string Look()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files().Distinct(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(SHA256.HashData(Read(file)));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is being replaced, or gone: reading the settings will say so.
            return [];
        }
    }
}
