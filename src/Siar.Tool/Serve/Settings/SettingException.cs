namespace Siar.Tool;

/// <summary>A setting is wrong; the message is a sentence that names it and where it came from.</summary>
internal sealed class SettingException(string message) : Exception(message);
