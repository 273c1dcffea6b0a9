using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Siar.Hub;

namespace Siar.Sockets;

/// <summary>
/// Says of each connection that was accepted whether it may stay: none beyond what may be open, in all and of one address, and none whose descriptor is of the reserve
/// that the process keeps for itself. A process without a descriptor cannot start a thread, and is ended by its runtime. Safe for concurrent use.
/// </summary>
internal sealed partial class ConnectionGate : IDisposable
{
    // What a hub is expected to hold where nobody says how much that is.
    private const int UsualConnections = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, ConnectionPlace> _byAddress = [];
    private readonly ConnectionPlace _uncounted;
    private readonly IReadOnlyList<IPNetwork> _trusted;
    private readonly ILogger _logger;
    private readonly SampledLog _sampled;
    private readonly Meter _meter = new(HubMetrics.Name);
    private readonly Counter<long> _refused;
    private int _roomOfAddress = int.MaxValue;
    private int _open;
    private int _isRoomChecked;

    /// <summary>Makes a gate through which nothing has come.</summary>
    /// <param name="limits">How many connections may be open.</param>
    /// <param name="trusted">The networks of proxies: their connections are of many clients, and are not counted by address.</param>
    /// <param name="descriptors">What the process may have open; null where that is not known.</param>
    /// <param name="time">The clock of the log.</param>
    /// <param name="logger">Gets one line a minute for each reason for which connections are closed.</param>
    public ConnectionGate(LimitOptions limits, IReadOnlyList<IPNetwork> trusted, DescriptorLimit? descriptors, TimeProvider time, ILogger<ConnectionGate> logger)
    {
        Limits = limits;
        Descriptors = descriptors;
        _trusted = trusted;
        _logger = logger;
        _sampled = new SampledLog(time);
        _uncounted = new ConnectionPlace(this, default);
        Silent = new SilentConnections(this, time);
        _refused = _meter.CreateCounter<long>("siar.connections.refused", "{connection}", "Connections closed before their first request, by reason.");
        _meter.CreateObservableUpDownCounter("siar.connections", () => Open, "{connection}", "Connections open.");
    }

    public LimitOptions Limits { get; }

    /// <summary>The connections that have said nothing yet.</summary>
    public SilentConnections Silent { get; }

    /// <summary>What the process may have open; null where that is not known.</summary>
    public DescriptorLimit? Descriptors { get; }

    // Limits may be changed while connections are open.
    private int MostOfAddress => Limits.OpenConnectionsPerAddress > 0 ? Limits.OpenConnectionsPerAddress : Math.Min(Limits.MostConnectionsPerAddress, _roomOfAddress);

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// Looks, the first time that something is to be listened to, whether limits and descriptors fit. Warns where there is room for fewer connections than somebody configured,
    /// or than any hub should have.
    /// </summary>
    /// <exception cref="IOException">There is room for none.</exception>
    public void CheckRoom()
    {
        if (Descriptors is not null && Interlocked.Exchange(ref _isRoomChecked, 1) == 0) CheckRoom(DescriptorLimit.CountOpen());
    }

    /// <inheritdoc cref="CheckRoom()" />
    /// <param name="inUse">How many descriptors are open before the first connection.</param>
    internal void CheckRoom(int inUse)
    {
        if (Descriptors!.CheckRoom(inUse) is { } sentence) throw new IOException(sentence + ".");
        var room = Descriptors.RoomBeside(inUse);

        // Where the descriptors end before the limit of an address, one client could have all of them.
        _roomOfAddress = (int)Math.Min(int.MaxValue, Math.Max(1L, room / 2));
        if (Limits.Connections != LimitOptions.DefaultConnections && room < Limits.Connections) LogFewer("limits.connections", Limits.Connections, Descriptors.Most, room);
        else if (room < Limits.OpenConnections) LogFewer("limits.openConnections", Limits.OpenConnections, Descriptors.Most, room);
        else if (room < Limits.OpenConnectionsPerAddress) LogFewer("limits.openConnectionsPerAddress", Limits.OpenConnectionsPerAddress, Descriptors.Most, room);
        else if (room < Math.Min(UsualConnections, Limits.Connections)) LogFew(Descriptors.Most, room);
    }

    /// <summary>Takes a place for a connection; null where there is none, and the connection must be closed at once.</summary>
    /// <param name="address">The peer's address; null where it has none, as on a Unix socket.</param>
    /// <param name="descriptor">
    /// The connection's descriptor. A new one is the lowest that is free (POSIX, 2.6), so its number is a lower bound for how many the process has open, whatever for.
    /// </param>
    public ConnectionPlace? TryEnter(IPAddress? address, long descriptor)
    {
        var reason = "descriptors";
        if (Descriptors is not { } limit || descriptor < limit.FirstKept)
        {
            var key = address is null || IsTrusted(address) ? (UInt128?)null : KeyOf(address);
            lock (_gate)
            {
                if (TakeUnderLock(key, out reason) is { } place) return place;
            }
        }

        CountRefused(reason);
        Log(reason, address);
        return null;
    }

    /// <summary>Counts a connection that was closed for what it did, or did not do.</summary>
    public void CountRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose()
    {
        Silent.Dispose();
        _meter.Dispose();
    }

    /// <summary>Gives a place back. <see cref="ConnectionPlace.Leave"/> calls it.</summary>
    internal void Leave(ConnectionPlace place)
    {
        lock (_gate)
        {
            _open--;
            if (ReferenceEquals(place, _uncounted)) return;
            if (--place.Count == 0) _byAddress.Remove(place.Address);
        }
    }

    private ConnectionPlace? TakeUnderLock(UInt128? address, out string reason)
    {
        reason = "connections";
        if (_open >= Limits.MostConnections) return null;
        var place = _uncounted;
        if (address is { } key)
        {
            reason = "connections_per_address";
            if (!_byAddress.TryGetValue(key, out place!)) _byAddress.Add(key, place = new ConnectionPlace(this, key));
            if (place.Count >= MostOfAddress) return null;
            place.Count++;
        }

        _open++;
        return place;
    }

    private bool IsTrusted(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _trusted)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    // One client has all addresses of an IPv6 network of 64 bits.
    private static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            address.MapToIPv4().TryWriteBytes(bytes[12..], out _);
            bytes[11] = 1;
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
            bytes[8..].Clear();
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    // Never throws: what accepts connections goes on, also when the logger is what fails.
    private void Log(string reason, IPAddress? address) => _sampled.Write(reason, leftOut =>
    {
        if (reason == "descriptors") LogDescriptors(Descriptors!.Most, Descriptors.Kept, leftOut);
        else if (reason == "connections") LogConnections(Limits.MostConnections, leftOut);
        else LogConnectionsOfAddress(address!, MostOfAddress, leftOut);
    });

    [LoggerMessage(1, LogLevel.Warning, "A connection was closed as soon as it was made: the process may have {Most} descriptors open, and the last {Kept} are kept for the hub itself. "
        + "Raise the limit (ulimit -n, or systemd's LimitNOFILE), or lower limits.openConnections.{LeftOut}")]
    private partial void LogDescriptors(long most, long kept, string leftOut);

    [LoggerMessage(2, LogLevel.Warning, "A connection was closed as soon as it was made: {Most} are open, as many as limits.openConnections allows.{LeftOut}")]
    private partial void LogConnections(int most, string leftOut);

    [LoggerMessage(3, LogLevel.Warning, "A connection of {Address} was closed as soon as it was made: {Most} are open from there, as many as limits.openConnectionsPerAddress allows. "
        + "A proxy's connections are not counted so where it is one of trustedProxies.{LeftOut}")]
    private partial void LogConnectionsOfAddress(IPAddress address, int most, string leftOut);

    [LoggerMessage(4, LogLevel.Warning, "{Limit} is {Wanted}, but of the {Most} descriptors that the process may have open there is room for {Room} connections: more are closed as "
        + "soon as they are made. Raise the limit of descriptors (ulimit -n, or systemd's LimitNOFILE), or lower {Limit}.")]
    private partial void LogFewer(string limit, int wanted, long most, long room);

    [LoggerMessage(5, LogLevel.Warning, "Of the {Most} descriptors that the process may have open there is room for {Room} connections: more are closed as soon as they are made. "
        + "Raise the limit of descriptors (ulimit -n, or systemd's LimitNOFILE), or say by limits.connections that so few are enough.")]
    private partial void LogFew(long most, long room);
}

/// <summary>A connection's place among those that are open: shared by all connections of an address. Each of them leaves it once.</summary>
/// <param name="gate">Whose place it is.</param>
/// <param name="address">The address's key.</param>
internal sealed class ConnectionPlace(ConnectionGate gate, UInt128 address)
{
    public UInt128 Address => address;

    /// <summary>How many connections have it. The gate alone touches it.</summary>
    public int Count { get; set; }

    /// <summary>Gives the place of one connection back.</summary>
    public void Leave() => gate.Leave(this);
}
