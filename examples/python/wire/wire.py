"""A participant in a language that the project is not written in, from docs/reference-wire.md and the
published proto alone: it shows who it is and exchanges the first messages.

  python wire.py --help
"""

import argparse
import asyncio
import hashlib
import json
import os
import ssl
import struct
import sys
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

PROTO = Path(__file__).resolve().parents[3] / "transport/src/main/protobuf/cifer_transport_v1.proto"


def compiled():
    """The published proto as Python."""
    from grpc_tools import protoc

    out = tempfile.mkdtemp(prefix="cifer-proto-")
    if protoc.main(["", f"-I{PROTO.parent}", f"--python_out={out}", f"--grpc_python_out={out}", str(PROTO)]):
        sys.exit("the proto does not compile")
    sys.path.insert(0, out)
    import cifer_transport_v1_pb2 as messages
    import cifer_transport_v1_pb2_grpc as services

    return messages, services


class Identity:
    def __init__(self, folder):
        self.certfile = folder / "certificate.pem"
        self.cafile = folder / "ca.pem"
        self.keyfile = folder / "private_key.pem"
        self.certificate = x509.load_pem_x509_certificate(self.certfile.read_bytes())
        end = b"-----END PRIVATE KEY-----"
        self.pem_keys = [key + end + b"\n" for key in self.keyfile.read_bytes().split(end)[:-1]]
        keys = [serialization.load_pem_private_key(key, None) for key in self.pem_keys]
        self.signing = next(key for key in keys if isinstance(key, Ed25519PrivateKey))
        self.tls_key = next(
            pem for pem, key in zip(self.pem_keys, keys) if not isinstance(key, Ed25519PrivateKey)
        )
        names = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.name = names.get_values_for_type(x509.UniformResourceIdentifier)[0].rsplit("/", 1)[1]

    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)


def signing_key(certificate):
    """The Ed25519 key of a coordinator's certificate, which lies in an extension of its own."""
    oid = x509.ObjectIdentifier("2.25.315012962084540954850338255065511172401.1")
    der = certificate.extensions.get_extension_for_oid(oid).value.value
    key = serialization.load_der_public_key(der)
    assert isinstance(key, Ed25519PublicKey)
    return key


def statement(label, binding, nonces, certificates):
    hashes = b"".join(hashlib.sha256(certificate).digest() for certificate in certificates)
    return b"cifer wire v1 " + label + b"\n\0" + binding + b"".join(nonces) + hashes


def helper_hello(identity, request):
    """cifer.helper-hello, version 1: see 'Messages of the protocol' in the reference."""

    def text(value):
        value = value.encode()
        return struct.pack("<I", len(value)) + value

    label = b"cifer.helper-hello"
    body = bytes([len(label)]) + label + struct.pack("<H", 1)
    body += text(request["federation"]) + text(request["run"]) + struct.pack("<I", request["round"])
    body += text(identity.name)
    body += X25519PrivateKey.generate().public_key().public_bytes_raw()
    # A library with ML-KEM-768 would make a pair here; nobody seals anything for this program.
    body += bytes(1184)
    signature = identity.signing.sign(body)
    return body + struct.pack("<I", len(signature)) + signature


class Participant:
    """The same conversation over either transport."""

    def __init__(self, messages, identity, link, sign):
        self.m, self.identity, self.link, self.sign = messages, identity, link, sign
        self.said = []

    async def send(self, kind, body, id=""):
        await self.link.put(
            self.m.SessionFrame(envelope=self.m.EnvelopeFrame(kind=kind, id=id, body=body))
        )

    async def introduce(self):
        hello = self.m.Hello(version=1)
        if not self.sign:
            await self.link.put(self.m.SessionFrame(hello=hello))
            welcome = await self.link.take(self.m.SessionFrame)
            assert welcome.WhichOneof("content") == "welcome", welcome
            return b""
        own, nonce = self.identity.der(), os.urandom(32)
        hello.claim.certificate, hello.claim.nonce = own, nonce
        await self.link.put(self.m.SessionFrame(hello=hello))
        challenge = (await self.link.take(self.m.SessionFrame)).challenge
        binding = self.link.binding()
        rest = binding, (nonce, challenge.nonce), (own, challenge.certificate)
        proof = self.m.Proof(
            binding=binding, signature=self.identity.signing.sign(statement(b"participant", *rest))
        )
        await self.link.put(self.m.SessionFrame(proof=proof))
        welcome = (await self.link.take(self.m.SessionFrame)).welcome
        coordinator = x509.load_der_x509_certificate(challenge.certificate)
        authority = x509.load_pem_x509_certificate(self.identity.cafile.read_bytes())
        coordinator.verify_directly_issued_by(authority)
        signing_key(coordinator).verify(welcome.signature, statement(b"coordinator", *rest))
        return welcome.ticket

    async def run(self, examples, leave_after):
        ticket = await self.introduce()
        self.said.append("welcome")
        await self.send("join", json.dumps({"examples": examples, "active_round": 0}).encode())
        while True:
            frame = await self.link.take(self.m.SessionFrame)
            if frame is None:
                break
            if frame.WhichOneof("content") == "goodbye":
                self.said.append("goodbye")
                break
            kind = frame.envelope.kind
            if kind == "outline":
                continue  # it has no data that might not fit
            self.said.append(kind)
            if kind == "hello-request":
                await self.send("helper-hello", helper_hello(self.identity, json.loads(frame.envelope.body)))
            elif kind == "round-open":
                stream = "model.1"
                digest, length = await self.link.download(self.m, stream, ticket)
                self.said.append(f"{stream} {length} {digest}")
                note = {"round": 1, "reason": "a program of another language", "for_good": False}
                await self.send("withdraw", json.dumps(note).encode())
            if kind == leave_after:
                await self.link.put(
                    self.m.SessionFrame(goodbye=self.m.Goodbye(reason="enough for a test"))
                )
                break
        await self.link.finish()


class Refused(Exception):
    pass


class GrpcLink:
    """One HTTP/2 connection for everything."""

    def __init__(self, services, channel):
        self.stub = services.EndpointStub(channel)
        self.call = self.stub.Session()

    async def put(self, message):
        await self.call.write(message)

    async def take(self, _):
        import grpc

        try:
            frame = await self.call.read()
        except grpc.aio.AioRpcError as error:
            raise Refused(f"{error.code().name} {error.details()}") from None
        if frame is grpc.aio.EOF:
            code, details = await self.call.code(), await self.call.details()
            if code is not grpc.StatusCode.OK:
                raise Refused(f"{code.name} {details}")
            return None
        return frame

    async def download(self, m, stream, ticket):
        digest, length = hashlib.sha256(), 0
        async for reply in self.stub.Download(m.DownloadOpen(stream=stream, ticket=ticket)):
            digest.update(reply.block.body)
            length += len(reply.block.body)
        return digest.hexdigest(), length

    async def finish(self):
        await self.call.done_writing()


class WebSocketLink:
    """A WebSocket for each call."""

    def __init__(self, connect):
        self.connect = connect

    async def open(self):
        self.socket = await self.connect("Session")
        return self

    def binding(self):
        tls = self.socket.transport.get_extra_info("ssl_object")
        return hashlib.sha256(tls.getpeercert(True)).digest() if tls else bytes(32)

    async def put(self, message):
        await self.socket.send(message.SerializeToString())

    async def take(self, type):
        return await self.message(self.socket, type)

    @staticmethod
    async def message(socket, type):
        data = await socket.recv()
        if isinstance(data, bytes):
            return type.FromString(data)
        if data == "OK":
            return None
        raise Refused(data)

    async def download(self, m, stream, ticket):
        digest, length = hashlib.sha256(), 0
        async with await self.connect("Download") as socket:
            await socket.send(m.DownloadOpen(stream=stream, ticket=ticket).SerializeToString())
            await socket.send("OK")
            while (reply := await self.message(socket, m.DownloadReply)) is not None:
                digest.update(reply.block.body)
                length += len(reply.block.body)
        return digest.hexdigest(), length

    async def finish(self):
        await self.socket.send("OK")
        await self.socket.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--transport", choices=["grpc", "websocket"], required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--identity", type=Path, action="append", required=True,
                        help="a folder with certificate.pem, private_key.pem and ca.pem; several join together")
    parser.add_argument("--sign", action="store_true", help="sign, instead of a certificate in TLS (WebSocket)")
    parser.add_argument("--leave-after", default="", help="the kind of message after which it says goodbye")
    options = parser.parse_args()
    messages, services = compiled()
    participants = []
    for folder in options.identity:
        identity = Identity(folder)
        if options.transport == "grpc":
            import grpc

            credentials = grpc.ssl_channel_credentials(
                identity.cafile.read_bytes(), identity.tls_key, identity.certfile.read_bytes()
            )
            channel = grpc.aio.secure_channel(f"localhost:{options.port}", credentials)
            link = GrpcLink(services, channel)
        else:
            link = await WebSocketLink(connector(identity, options)).open()
        participants.append(Participant(messages, identity, link, options.sign))
    try:
        await asyncio.wait_for(
            asyncio.gather(*(each.run(10 + i, options.leave_after) for i, each in enumerate(participants))), 60
        )
        for each in participants:
            print(json.dumps({"name": each.identity.name, "said": each.said}))
    except Refused as refused:
        print(json.dumps({"refused": str(refused)}))


def connector(identity, options):
    from websockets.asyncio.client import connect

    context = ssl.create_default_context(cafile=identity.cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if not options.sign:
        with tempfile.NamedTemporaryFile() as key:
            key.write(identity.tls_key)
            key.flush()
            context.load_cert_chain(identity.certfile, key.name)

    def to(method):
        return connect(
            f"wss://localhost:{options.port}/ws/cifer.transport.v1.Endpoint/{method}",
            ssl=context,
            max_size=(4 << 20) + (64 << 10),
            compression=None,
        )

    return to


if __name__ == "__main__":
    asyncio.run(main())
