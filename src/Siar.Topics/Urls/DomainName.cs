using System.Globalization;
using System.Text;

namespace Siar.Topics.Urls;

/// <summary>Domain to ASCII (URL standard, 3.3).</summary>
internal static class DomainName
{
    /// <summary>The domain in lower case with every label in ASCII, or null when IDNA does not allow it.</summary>
    public static string? ToAscii(string domain)
    {
        var lower = domain.ToLowerInvariant();
        if (Ascii.IsValid(lower)) return lower;
        try
        {
            return new IdnMapping { AllowUnassigned = true }.GetAscii(lower);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
