namespace Siar.House.Tests.Docs.Commands;

/// <summary>What a command does, and so how to tell that it works.</summary>
internal enum CommandKind
{
    /// <summary>Runs to its end and succeeds.</summary>
    Once,

    /// <summary>Runs the tests: they are running already, so it is made to check what it was told and to stop there.</summary>
    Tests,

    /// <summary>Runs a server, which says where it listens.</summary>
    Serves,

    /// <summary>Runs to its end; afterwards its topic has more events.</summary>
    Publishes,

    /// <summary>Runs until it is stopped; its topic gets more events.</summary>
    PublishesOn,

    /// <summary>Runs until it is stopped; prints what comes.</summary>
    Reads,
}
