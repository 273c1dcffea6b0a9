namespace LlmTokens;

/// <summary>What somebody asks.</summary>
/// <param name="Prompt">The question.</param>
internal sealed record Question(string Prompt);
