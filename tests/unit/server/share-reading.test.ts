import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { admitReading, publicBase } from '../../../lib/server/share-reading.ts';

test('a link begins with the configured address, and only without one with that of the request', () => {
  const request = new Request('http://127.0.0.1:3000/api/shares', { headers: { 'x-forwarded-host': 'evil.example' } });
  assert.equal(publicBase(request, { publicUrl: 'https://think.example' }), 'https://think.example');
  assert.equal(publicBase(request, { publicUrl: undefined }), 'http://127.0.0.1:3000');
});

test('one reader who asks too often is told to wait, and others are not', async () => {
  const from = (address: string) => new Request('http://127.0.0.1/s/x', { headers: { 'x-forwarded-for': address } });
  for (let i = 0; i < 240; i++) await admitReading(from('192.0.2.1'));
  await assert.rejects(
    () => admitReading(from('192.0.2.1')),
    (error) => error instanceof AppError && error.code === 'too_many_requests' && (error.retryAfterSeconds ?? 0) > 0,
  );
  await admitReading(from('192.0.2.2'));
});
