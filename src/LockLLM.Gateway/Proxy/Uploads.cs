using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Protocols;
using Microsoft.Net.Http.Headers;

namespace LockLLM.Gateway.Proxy;

/// <summary>Which bodies that do not call themselves JSON are read before they are sent. Most are files, and pass as they arrive.</summary>
internal static class Uploads
{
    /// <summary>Whether the body is to be read before it is sent; otherwise it passes as it arrives. Consumes nothing of it.</summary>
    public static async ValueTask<bool> IsReadableAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength <= maxBytes && UploadReader.HoldsText(request.ContentType))
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

    /// <summary>Why the body goes nowhere: what is in it, only its reader would know.</summary>
    public static Error? Refuse(HttpRequest request) => request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity"
        ? new Error(ErrorCode.UnsupportedMediaType, "Send the body uncompressed.", HeaderNames.ContentEncoding)
        : null;
}
