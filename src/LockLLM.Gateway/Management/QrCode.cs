using System.Globalization;
using System.Text;
using QRCoder;

namespace LockLLM.Gateway.Management;

/// <summary>A QR code to be drawn by whoever shows it.</summary>
/// <param name="Path">Data of an SVG path: a rectangle for each run of dark modules.</param>
/// <param name="Size">Modules a side, the quiet zone included.</param>
internal readonly record struct QrCode(string Path, int Size)
{
    public static QrCode Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < code.ModuleMatrix.Count; y++)
        {
            var row = code.ModuleMatrix[y];
            for (var x = 0; x < row.Count; x++)
            {
                var start = x;
                while (x < row.Count && row[x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
                }
            }
        }

        return new QrCode(path.ToString(), code.ModuleMatrix.Count);
    }
}
