using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy;

/// <summary>Which bodies that do not call themselves JSON are read before they are sent. Most are files, and pass as they arrive.</summary>
internal static class Uploads
{
    /// <summary>Whether the body is to be read before it is sent; otherwise it passes as it arrives. Consumes nothing of it.</summary>
    public static async ValueTask<bool> IsReadableAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if ((request.ContentLength is not { } length || length <= maxBytes) && UploadReader.HoldsText(request.ContentType))
        {
            return true;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var begins = UploadReader.BeginsAsJson(read.Buffer);
            var isDecided = begins is not null || read.IsCompleted || read.IsCanceled;
            reader.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
            if (begins == true)
            {
                // What was looked at stands in the pipe, and not on every server in the stream as well.
                request.Body = reader.AsStream(leaveOpen: true);
                return true;
            }

            if (isDecided)
            {
                return false;
            }
        }
    }
}
