using LockLLM.Load;

return args switch
{
    ["provider", var address] => await Provider.RunAsync(address),
    ["yarp", var address, var provider] => await BareForwarder.RunAsync(address, provider),
    ["stream", var url, var count] => await Probe.StreamsAsync(url, Number(count)),
    ["rate", var url, var perSecond, var seconds, var process] => await Probe.RateAsync(url, Number(perSecond), Number(seconds), streams: false, Number(process)),
    ["soak", var url, var perSecond, var seconds, var process] => await Probe.RateAsync(url, Number(perSecond), Number(seconds), streams: true, Number(process)),
    ["aborts", var url, var count, var provider, var process] => await Probe.AbortsAsync(url, Number(count), provider, Number(process)),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("""
        provider ADDRESS                      a model provider that answers at once, or after ?delay= milliseconds
        yarp ADDRESS PROVIDER                 YARP's forwarder and nothing else in front of it
        stream URL COUNT                      time to the first event and gaps between events, one stream after the other
        rate URL PER_SECOND SECONDS PID       constant rate of model lists and embeddings, half each, and the memory of PID meanwhile
        soak URL PER_SECOND SECONDS PID       the same with a stream in four
        aborts URL COUNT PROVIDER PID         streams hung up on after their first event
        The key and further headers of a call come from LOAD_HEADERS: Name: value|Name: value
        """);
    return 2;
}
